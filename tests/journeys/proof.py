"""The end of every journey: what the tables say is what the log says, to the last row."""

from service.engine.rebuild import rebuild
from service.engine.verify import Place, verify
from service.runtime import Runtime


def prove(runtime: Runtime, tenant: str) -> None:
    """`dunlog verify` finds nothing, and `dunlog rebuild` changes nothing."""
    found = [one for step in verify(runtime.desk, Place(tenant)) for one in step.differences]
    assert not found, found
    assert not sum(step.mended for step in rebuild(runtime.desk, Place(tenant)))
