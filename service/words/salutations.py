"""How a person is addressed in each language; ERPs write `Ms`, `先生` or nothing, whatever the letter's language is."""

from service.words.languages import Language

_FORMS: dict[str, tuple[str, str]] = {
    "mr": ("先生", "Mr"),
    "mister": ("先生", "Mr"),
    "先生": ("先生", "Mr"),
    "ms": ("女士", "Ms"),
    "miss": ("女士", "Ms"),
    "mrs": ("女士", "Ms"),
    "女士": ("女士", "Ms"),
    "小姐": ("女士", "Ms"),
    "太太": ("女士", "Ms"),
}


def full_name(name: str, salutation: str, language: Language) -> str:
    """`王芳女士`, `Ms Wang Fang`; the name alone without a salutation or with one of its own, empty without a name."""
    forms = _FORMS.get(salutation.rstrip(".").lower())
    chosen = forms[0 if language == "zh" else 1] if forms else salutation
    if not name or not chosen or _carries(name, chosen):
        return name
    return f"{name}{chosen}" if language == "zh" else f"{chosen} {name}"


def _carries(name: str, salutation: str) -> bool:
    words = name.lower().replace(".", "").split()
    return name.endswith(salutation) or salutation.lower().rstrip(".") in (*words[:1], *words[-1:])
