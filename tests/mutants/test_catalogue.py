"""The catalogue of `make mutants` fits the code: each guard is there once, each named test exists."""

import ast
import re

import pytest

from tests.mutants.catalogue import CATALOGUE
from tests.mutants.growing import tried
from tests.mutants.mutant import ROOT, Mutant

LEAST = 20


@pytest.mark.parametrize("mutant", CATALOGUE, ids=lambda mutant: mutant.guard)
def test_the_guard_is_there_once_and_python_without_it_too(mutant: Mutant):
    source = (ROOT / mutant.file).read_text("utf-8")
    grown = mutant.grown(source)
    assert grown != source
    ast.parse(grown)


@pytest.mark.parametrize("mutant", CATALOGUE, ids=lambda mutant: mutant.guard)
def test_the_named_test_is_there(mutant: Mutant):
    file, *names = mutant.test.partition("[")[0].split("::")
    found: ast.AST = ast.parse((ROOT / file).read_text("utf-8"))
    for name in names:
        inside = [node for node in ast.iter_child_nodes(found) if isinstance(node, ast.ClassDef | ast.FunctionDef)]
        (found,) = [node for node in inside if node.name == name]
    assert isinstance(found, ast.FunctionDef)


def test_there_are_many_and_each_is_another():
    assert len(CATALOGUE) >= LEAST
    assert len({(mutant.file, mutant.old, mutant.new) for mutant in CATALOGUE}) == len(CATALOGUE)
    assert all(re.fullmatch(r"[a-z].*[a-z)0-9]", mutant.guard) for mutant in CATALOGUE)


def test_a_test_that_passes_and_one_that_fails_are_told_apart(tmp_path):
    (tmp_path / "test_it.py").write_text("def test_good():\n    pass\n\n\ndef test_bad():\n    assert False\n")
    assert tried(tmp_path, "test_it.py::test_good")[0] == 0
    code, _, output = tried(tmp_path, "test_it.py::test_bad")
    assert code == 1 and " failed" in output.splitlines()[-1]
