"""The contracts of `.importlinter` bind every module of app/, and each is broken by an import that it forbids."""

from collections.abc import Iterator, Mapping
from copy import deepcopy
from functools import cache
from itertools import cycle
from pathlib import Path
from typing import Any, TypeVar, cast

import grimp
import pytest
from importlinter.api import read_configuration
from importlinter.contracts.forbidden import ForbiddenContract
from importlinter.contracts.layers import Layer, LayersContract

T = TypeVar("T", LayersContract, ForbiddenContract)

CONFIGURATION = read_configuration(str(Path(__file__).parents[1] / ".importlinter"))
CONTRACTS: list[Mapping[str, Any]] = CONFIGURATION["contracts_options"]
USUAL_FILES = ("service", "queries", "schemas", "rules", "errors")
HTTP_PACKAGES = {"app.auth.guards", "app.cli", "app.core.http", "app.main", "app.routers", "app.serve"}
"""What may know HTTP."""


def build_contracts(kind: type[T]) -> list[T]:
    session_options = CONFIGURATION["session_options"]
    return [
        kind(options["name"], session_options, dict(options))
        for options in CONTRACTS
        if options["type"] == kind.type_name
    ]


LAYERED = build_contracts(LayersContract)
FORBIDDING = build_contracts(ForbiddenContract)


@cache
def build_graph() -> grimp.ImportGraph:
    return grimp.build_graph("app", include_external_packages=True, cache_dir=None)


@pytest.fixture
def graph() -> grimp.ImportGraph:
    """Every import of app/, to be changed at will."""
    return deepcopy(build_graph())


def list_modules(graph: grimp.ImportGraph) -> set[str]:
    return {"app", *graph.find_descendants("app")}


def list_containers(contract: LayersContract) -> list[str]:
    return [str(container) for container in cast(Any, contract).containers]


def list_layers(contract: LayersContract) -> list[Layer]:
    return list(cast(Any, contract).layers)


def find_unbound(graph: grimp.ImportGraph) -> set[str]:
    """Find the modules that are no layer of the package in which they stand."""
    bound = {
        f"{container}.{module.name}"
        for contract in LAYERED
        for container in list_containers(contract)
        for layer in list_layers(contract)
        for module in layer.module_tails
    }
    return list_modules(graph) - bound - {"app"}


def is_within(module: str, packages: set[str]) -> bool:
    return any(module == package or module.startswith(f"{package}.") for package in packages)


def list_names(contract: ForbiddenContract, field: str) -> set[str]:
    return {str(name) for name in getattr(contract, field)}


def list_forbidden_imports(contract: LayersContract, container: str) -> Iterator[tuple[str, str]]:
    """List an import from each layer of a container into the one above it, and between independent neighbours."""
    above: str | None = None
    for layer in list_layers(contract):
        names = sorted(f"{container}.{module.name}" for module in layer.module_tails)
        present = [name for name in names if name in build_graph().modules]
        if layer.is_independent and len(present) > 1:
            yield present[0], present[1]
        if present and above is not None:
            yield present[0], above
        above = present[0] if present else above


CONTAINERS = [
    pytest.param(contract, container, id=f"{contract.name}-{container}")
    for contract in LAYERED
    for container in list_containers(contract)
]


class TestEveryModuleIsBound:
    def test_as_a_layer_of_its_package(self, graph):
        assert find_unbound(graph) == set()

    def test_and_a_new_one_is_missed(self, graph):
        graph.add_module("app.savings.groups.interest")
        graph.add_module("app.savings.interest")
        assert find_unbound(graph) == {"app.savings.groups.interest", "app.savings.interest"}

    @pytest.mark.parametrize("contract", LAYERED, ids=lambda contract: contract.name)
    def test_with_the_usual_files_in_the_usual_order(self, contract):
        heights = {
            module.name: height
            for height, layer in enumerate(list_layers(contract))
            for module in layer.module_tails
        }
        usual = [heights[name] for name in USUAL_FILES if name in heights]
        assert contract.exhaustive
        assert usual == sorted(usual)

    def test_rules_and_law_to_purity(self, graph):
        pure = next(contract for contract in FORBIDDING if contract.name.startswith("Rules"))
        rules = {
            module
            for module in list_modules(graph)
            if (module.endswith(".rules") and not graph.find_children(module))
            or is_within(module, {"app.insurance.law"})
        }
        assert rules
        assert {rule for rule in rules if not is_within(rule, list_names(pure, "source_modules"))} == set()

    def test_all_but_routers_and_guards_to_know_no_http(self, graph):
        contract = next(contract for contract in FORBIDDING if contract.name.startswith("HTTP"))
        sources = list_names(contract, "source_modules")
        free = {module for module in list_modules(graph) if not is_within(module, sources | HTTP_PACKAGES)}
        assert free == {
            "app",
            "app.auth",
            "app.core",
        }  # of which a part knows it; nothing else stands in them
        assert all(graph.find_modules_directly_imported_by(package) == set() for package in free)


class TestAForbiddenImportIsNoticed:
    @pytest.mark.parametrize(("contract", "container"), CONTAINERS)
    def test_upwards(self, contract, container):
        planted = list(list_forbidden_imports(contract, container))
        assert planted or len(build_graph().find_children(container)) == 1
        for importer, imported in planted:
            graph = deepcopy(build_graph())
            graph.add_import(importer=importer, imported=imported)
            assert not contract.check(graph, verbose=False).kept, f"{importer} may import {imported}"

    @pytest.mark.parametrize("contract", FORBIDDING, ids=lambda contract: contract.name)
    def test_of_what_is_not_for_them(self, contract):
        every_forbidden = cycle(sorted(list_names(contract, "forbidden_modules")))
        for importer in sorted(list_names(contract, "source_modules")):
            graph = deepcopy(build_graph())
            imported = next(
                name
                for name in every_forbidden
                if not graph.direct_import_exists(importer=importer, imported=name, as_packages=False)
            )
            graph.add_import(importer=importer, imported=imported)
            assert not contract.check(graph, verbose=False).kept, f"{importer} may import {imported}"

    @pytest.mark.parametrize("contract", [*LAYERED, *FORBIDDING], ids=lambda contract: contract.name)
    def test_and_none_is_there(self, graph, contract):
        assert contract.check(graph, verbose=False).kept
