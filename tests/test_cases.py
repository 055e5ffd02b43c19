from pathlib import Path

import pytest
from cases import FOLDER, complaints, read_case


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.case")), ids=lambda path: path.stem)
def test_case(path: Path) -> None:
    case = read_case(path)
    session = case.session()
    assert case.steps, "a case asks something"
    found = [
        f"{path.name}:{step.line}: {step.request.method} {step.request.target}: {complaint}"
        for step in case.steps
        for complaint in complaints(session.serve(step.request), step.expected)
    ]
    assert not found, "\n".join(found)
