"""Every guard that is taken out of the code, one by one, by `make mutants`."""

from tests.mutants import (
    in_api,
    in_books,
    in_claims,
    in_clock,
    in_commitments,
    in_customers,
    in_domain,
    in_engine,
    in_parting,
    in_store,
)

CATALOGUE = (
    *in_domain.MUTANTS,
    *in_commitments.MUTANTS,
    *in_claims.MUTANTS,
    *in_customers.MUTANTS,
    *in_books.MUTANTS,
    *in_store.MUTANTS,
    *in_engine.MUTANTS,
    *in_clock.MUTANTS,
    *in_api.MUTANTS,
    *in_parting.MUTANTS,
)
