"""TypeScript types made from the committed schemas: right ones compile, wrong ones do not."""

import json
import os
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tools.contracts import files, node

pytestmark = pytest.mark.skipif(
    bool(node.missing()) and not os.environ.get("CI"), reason=node.missing()
)

APPEALS = 'import { AppealsMessages as M } from "./appeals";\nexport const x: '
SEARCH = APPEALS + 'M["appeals.search_cases.v1"] = '
CHANGE = """import {{ ProvidersMessages as M }} from "./providers";
type Change = M["providers.submit_maintenance_request.v1"]["change"];
export const last = (change: Change): string => change.type === "{}" ? change.last_day : "";
"""
RIGHT = {
    "a_message": SEARCH + '{ kind: "dispute", statuses: ["open"] };',
    "a_kind_of_change": CHANGE.format("delete_provider"),
}
WRONG = {
    "a_literal": SEARCH + '{ kind: "complaint" };',
    "a_type": SEARCH + "{ claim_number: 7 };",
    "an_unknown_field": SEARCH + '{ claim: "CLM-1" };',
    "a_missing_field": APPEALS + 'M["appeals.get_case.v1"] = {};',
    "another_kind_of_change": CHANGE.format("add_provider"),
    "a_field_that_no_reply_has": 'import { AppealsMessages as M } from "./appeals";\n'
    'export const x = (reply: M["appeals.case_received.v1"]) => reply.unknown;',
    "no_kind_of_change": CHANGE.format("add_a_provider"),
}


@pytest.fixture(scope="module")
def refused(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """File -> what the compiler says about it; one run, since a run costs seconds."""
    folder = tmp_path_factory.mktemp("types")
    node.run("types.mjs", files.SCHEMAS, folder)
    sources = {**RIGHT, **WRONG, "golden": "\n".join(golden())}
    for name, text in sources.items():
        (folder / f"{name}.ts").write_text(text, encoding="utf-8")
    options = ["--strict", "--noEmit", "--skipLibCheck", "--target", "es2022"]
    modules = ["--module", "es2022", "--moduleResolution", "bundler"]
    done = subprocess.run(
        [node.INSTALLED / ".bin" / "tsc", *options, *modules, *sorted(folder.glob("*.ts"))],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2, done.stdout + done.stderr
    errors = [line for line in done.stdout.splitlines() if ": error TS" in line]
    return {Path(line.split("(")[0]).stem: line for line in errors}


def golden() -> Iterator[str]:
    """Every golden example as a constant of its message's type."""
    for number, path in enumerate(sorted(files.GOLDEN.glob("*.json"))):
        yield f'import {{ {path.stem.capitalize()}Messages as M{number} }} from "./{path.stem}";'
        for message, examples in json.loads(path.read_text(encoding="utf-8")).items():
            bodies = ", ".join(json.dumps(example) for example in examples.values())
            yield f'const {re.sub("[.]", "_", message)}: M{number}["{message}"][] = [{bodies}];'


def test_every_golden_example_is_a_value_of_its_type(refused: dict[str, str]) -> None:
    assert len([*golden()]) == len(files.messages()) + len([*files.GOLDEN.glob("*.json")])
    assert "golden" not in refused, refused["golden"]


def test_the_types_themselves_and_right_uses_of_them_compile(refused: dict[str, str]) -> None:
    assert {name: said for name, said in refused.items() if name not in WRONG} == {}


@pytest.mark.parametrize("name", WRONG)
def test_what_is_wrong_does_not_compile(refused: dict[str, str], name: str) -> None:
    assert name in refused
