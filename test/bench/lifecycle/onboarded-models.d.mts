export type BenchModel = { model: string; projectId: number; projectPath: string };
export function benchModels(count: number): BenchModel[];
export function writeOnboarding(folder: string, models: readonly BenchModel[]): void;
