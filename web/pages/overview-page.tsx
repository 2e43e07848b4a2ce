import type { Deployment } from '../../shared/domain/deployment.ts';
import { countOf } from '../../shared/domain/format-number.ts';
import type { Run } from '../../shared/domain/run.ts';
import { Layout, type PageFrame, type Viewer } from '../parts/layout.tsx';
import { RUN_STATES, runName } from '../parts/run-status.ts';
import { StateMark } from '../parts/state-mark.tsx';
import { type Column, Table } from '../parts/table.tsx';
import { Distance } from '../parts/time.tsx';

type ModelSummary = {
  model: string;
  deployments: readonly Deployment[];
  /** Newest first, the last few. */
  runs: readonly Run[];
};

export type OverviewView = {
  models: readonly ModelSummary[];
  /** Every environment that a model has, in the order of roll-out. */
  environments: readonly string[];
};

export function OverviewPage({ frame, view }: { frame: PageFrame & { viewer: Viewer }; view: OverviewView }) {
  const runs = view.models.flatMap((summary) => summary.runs);
  const waiting = runs.filter(({ status }) => status === 'awaiting-approval');
  const parked = runs.filter(({ status }) => status === 'parked');
  return (
    <Layout {...frame} title="Models">
      <div class={`verdict is-${waiting.length + parked.length > 0 ? 'wait' : 'plain'}`}>
        <h1>{sentenceOf(view.models.length, waiting.length, parked.length)}</h1>
      </div>
      {waiting.length + parked.length > 0 && (
        <section class="card is-action" aria-labelledby="waiting">
          <h2 id="waiting">What waits for somebody</h2>
          <ul class="plain-list">
            {[...waiting, ...parked].map((run) => (
              <WaitingRun run={run} now={frame.now} />
            ))}
          </ul>
        </section>
      )}
      <section aria-labelledby="models">
        <h2 id="models">What is live where</h2>
        {view.models.length === 0 ? (
          <p>
            You are a member of no model's project, stewards, on-call or auditors. Ask the owner of one of these groups
            in GitLab to add you; then load this page again.
          </p>
        ) : (
          <Table
            caption="Models and their environments, in the order of roll-out"
            columns={columnsOf(view, frame.now)}
            rows={view.models}
          />
        )}
      </section>
    </Layout>
  );
}

function sentenceOf(models: number, waiting: number, parked: number): string {
  if (models === 0) return 'There is no model that you may see';
  const parts = [
    waiting > 0 && `${countOf(waiting, 'version')} ${waiting === 1 ? 'waits' : 'wait'} for a steward`,
    parked > 0 && `${countOf(parked, 'run')} ${parked === 1 ? 'is' : 'are'} parked`,
  ].filter((part) => part !== false);
  return `${countOf(models, 'model')}: ${parts.length > 0 ? parts.join(', ') : 'nothing waits for anybody'}`;
}

function WaitingRun({ run, now }: { run: Run; now: string }) {
  const [state, word] = RUN_STATES[run.status];
  const href = run.status === 'awaiting-approval' && run.reviewId ? `/reviews/${run.reviewId}` : `/runs/${run.runId}`;
  return (
    <li>
      <StateMark state={state} word={word} /> <a href={href}>{runName(run)}</a>{' '}
      <span class="soft">· {<Distance at={run.updatedAt} now={now} />}</span>
    </li>
  );
}

function columnsOf(view: OverviewView, now: string): [Column<ModelSummary>, ...Column<ModelSummary>[]] {
  return [
    { header: 'Model', cell: ({ model }) => <a href={`/models/${model}`}>{model}</a> },
    ...view.environments.map(
      (name): Column<ModelSummary> => ({
        header: name,
        cell: ({ deployments }) => (
          <Live deployment={deployments.find(({ environment }) => environment === name)} now={now} />
        ),
      }),
    ),
    {
      header: 'Newest run',
      cell: ({ runs: [newest] }) => (newest ? <Newest run={newest} /> : <span class="soft">none yet</span>),
    },
  ];
}

function Live({ deployment, now }: { deployment: Deployment | undefined; now: string }) {
  const live = deployment?.live;
  if (live === undefined) return <span class="soft">nothing live</span>;
  return (
    <>
      v{live.version}{' '}
      <span class="small soft">
        <Distance at={live.at} now={now} />
      </span>
    </>
  );
}

function Newest({ run }: { run: Run }) {
  const [state, word] = RUN_STATES[run.status];
  return (
    <>
      <a href={`/runs/${run.runId}`}>run {run.sequence}</a> <StateMark state={state} word={word} />
    </>
  );
}
