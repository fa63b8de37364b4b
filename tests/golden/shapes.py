"""Every shape in which an event was ever written, one JSON each: `case.closed.json`, and `case.closed.2.json` once it
had grown. `python -m tests.golden.shapes` writes those that lack; what is there is never changed or removed."""

from pathlib import Path

import msgspec

from service.domain.events import TYPES
from service.store import codec
from tests.shaped import an_event

FOLDER = Path(__file__).parent / "events"


def files(type: str) -> list[Path]:
    """The type's shapes, the oldest first."""
    found = [path for path in FOLDER.glob(f"{type}*.json") if path.name.removeprefix(type)[:-5].strip(".").isdigit()]
    return [*FOLDER.glob(f"{type}.json"), *sorted(found, key=lambda path: int(path.suffixes[-2][1:]))]


def shape(text: str) -> set[str]:
    """The fields of an event, those of what stands in it too."""
    return set(_paths(msgspec.json.decode(text), ""))


def _paths(value: object, at: str) -> list[str]:
    match value:
        case dict():
            return [path for name, one in value.items() for path in (f"{at}/{name}", *_paths(one, f"{at}/{name}"))]
        case list():
            return [path for one in value for path in _paths(one, f"{at}/-")]
        case _:
            return []


def present(type: str) -> str:
    """The shape of today, as it is written with every field filled in."""
    return codec.encode(an_event(TYPES[type]))


def is_kept(type: str) -> bool:
    """Whether the shape of today is among them."""
    return any(shape(path.read_text("utf-8")) == shape(present(type)) for path in files(type))


def keep(type: str) -> None:
    """Write the shape of today beside the earlier ones."""
    n = len(files(type)) + 1
    name = f"{type}.json" if n == 1 else f"{type}.{n}.json"
    pretty = msgspec.json.format(present(type), indent=2)
    (FOLDER / name).write_text(pretty + "\n", "utf-8")


if __name__ == "__main__":
    for one in TYPES:
        if not is_kept(one):
            keep(one)
