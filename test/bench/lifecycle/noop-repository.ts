import { dataFolder, type Files, tinyRepository, training } from '../../integration/bad-input/tiny-repository.ts';

/** Every model of the bench reads the same object. */
export const DATA = dataFolder('bench');

const INFERENCE = `def model_fn(model_dir):
    return None

def transform_fn(model, body, content_type, accept):
    return '{"late": false}', "application/json"
`;

const LEAVE_INFERENCE = `code = Path(os.environ["SM_MODEL_DIR"], "code")
code.mkdir(parents=True)
(code / "inference.py").write_text(${JSON.stringify(INFERENCE)})`;

/** A repository whose scripts do nothing but what the product asks of every model: a report, golden answers, a model that answers. */
export function noopRepository(model: string, number: number): Files {
  const files = tinyRepository({ 'train.py': training(LEAVE_INFERENCE) }, { data: DATA });
  const policy = files['mlops.yaml']?.replace('model: flight-delays', `model: ${model}`);
  return { ...files, 'mlops.yaml': policy, 'README.md': `Commit ${number} of ${model}.\n` };
}
