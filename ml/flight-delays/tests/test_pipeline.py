import json
from pathlib import Path
from typing import Any

import train

REPOSITORY = Path(__file__).parent.parent
STEPS: dict[str, dict[str, Any]] = {
    step["Name"]: step for step in json.loads((REPOSITORY / "pipeline.json").read_text())["Steps"]
}


def test_every_script_that_a_step_starts_is_here() -> None:
    scripts = [
        Path(step["Arguments"]["AppSpecification"]["ContainerEntrypoint"][1]).name
        for step in STEPS.values()
        if step["Type"] == "Processing"
    ]
    scripts.append(json.loads(STEPS["Train"]["Arguments"]["HyperParameters"]["sagemaker_program"]))
    assert sorted(scripts) == ["evaluate.py", "postprocessing.py", "preprocessing.py", "train.py"]
    assert all((REPOSITORY / script).is_file() for script in scripts)


def test_train_takes_every_hyperparameter_of_the_pipeline() -> None:
    given = {
        name: value
        for name, value in STEPS["Train"]["Arguments"]["HyperParameters"].items()
        if not name.startswith("sagemaker_")
    }
    arguments = [part for name, value in given.items() for part in (f"--{name}", str(json.loads(value)))]
    parsed = vars(train.parse_arguments(arguments))
    assert {name: parsed[name] for name in given} == {name: json.loads(value) for name, value in given.items()}
