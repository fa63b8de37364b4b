"""The proof that the tables equal the log: chains recomputed, streams folded, every row compared, in snapshots beside writers.

A tenant is passed in three stages: its own stream, then the streams that no row leads to, then its customers in sets.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import batched
from typing import Any, NamedTuple

from msgspec import Struct

from service.domain.case import Case
from service.domain.events.tenant import PlaybookPublished
from service.domain.payment import Payment
from service.domain.tenant import Tenant
from service.engine.desk import Desk, Session
from service.engine.folding import Counted, Difference, Folded, fold, is_known
from service.engine.projecting import Deviation, Values, case_row, compare, customer_row, payment_row
from service.engine.walk import is_moving
from service.engine.workfold import work_rows
from service.store import tenants
from service.store.database import CLOCK, Tx, transaction

SET = 200
BATCH = 500
STREAMS = 1000
TOLD = 1000
"""So many differences of a set are kept; all are counted."""
