import type { GateVerdict } from '../../shared/domain/gate-verdict.ts';
import type { Run } from '../../shared/domain/run.ts';
import type { RunEvent } from '../../shared/domain/run-event.ts';
import { stagesOf } from '../../shared/domain/run-stages.ts';
import { GateTable } from '../parts/gate-table.tsx';
import { Layout, type PageFrame, type Viewer } from '../parts/layout.tsx';
import { OutsideLink } from '../parts/outside-link.tsx';
import { RunFacts } from '../parts/run-facts.tsx';
import { awaitedBy, RUN_STATES, runName, runSentence } from '../parts/run-status.ts';
import { Stages } from '../parts/stages.tsx';
import { StateMark } from '../parts/state-mark.tsx';
import { Time } from '../parts/time.tsx';
import { Timeline } from '../parts/timeline.tsx';

export type RunView = {
  run: Run;
  timeline: readonly RunEvent[];
  verdict?: GateVerdict;
  /** Whether this person is a Maintainer of the project, and so may retry a parked run. */
  mayRetry: boolean;
  /** The page loads itself again after so many seconds. */
  refreshSeconds?: number;
};

export function RunPage({ frame, view }: { frame: PageFrame & { viewer: Viewer }; view: RunView }) {
  const { run, timeline, verdict } = view;
  const [state, word] = RUN_STATES[run.status];
  return (
    <Layout
      {...frame}
      title={runName(run)}
      crumbs={[
        { href: '/', text: 'Models' },
        { href: `/models/${run.model}`, text: run.model },
      ]}
    >
      <div class={`verdict is-${state}`}>
        <StateMark state={state} word={word} />
        <h1>{runSentence(run)}</h1>
        <p class="soft">
          Run {run.sequence} of {run.model}, {run.attempt > 1 && `attempt ${run.attempt}, `}accepted{' '}
          <Time at={run.acceptedAt} now={frame.now} />
        </p>
      </div>
      <NextStep frame={frame} view={view} />
      <section aria-labelledby="stages">
        <h2 id="stages">How far it has come</h2>
        <Stages stages={stagesOf(run, timeline)} />
      </section>
      {verdict && (
        <section aria-labelledby="gates">
          <h2 id="gates">Gates</h2>
          <GateTable verdict={verdict} championName={run.champion && `v${run.champion.version}`} />
        </section>
      )}
      <section aria-labelledby="facts">
        <h2 id="facts">Where it comes from</h2>
        <div class="card">
          <RunFacts run={run} />
        </div>
      </section>
      <section aria-labelledby="timeline">
        <h2 id="timeline">What happened</h2>
        <Timeline events={timeline} now={frame.now} awaited={awaitedBy(run.status)} />
      </section>
    </Layout>
  );
}

function NextStep({ frame, view }: { frame: PageFrame & { viewer: Viewer }; view: RunView }) {
  const { run, refreshSeconds } = view;
  if (run.status === 'live') return null;
  return (
    <section
      class={run.status === 'awaiting-approval' || run.status === 'parked' ? 'card is-action' : 'card'}
      aria-labelledby="next"
    >
      <h2 id="next">{run.reasons.length > 0 ? 'Why, and what to do' : 'What to do'}</h2>
      {run.reasons.length > 0 && (
        <ul>
          {run.reasons.map((reason) => (
            <li>
              <bdi>{reason}</bdi>
            </li>
          ))}
        </ul>
      )}
      <Advice frame={frame} view={view} />
      {refreshSeconds !== undefined && (
        <p class="small soft">
          This page refreshes itself every {refreshSeconds} seconds.{' '}
          <a href={`/runs/${run.runId}?refresh=off`}>Stop that</a>
        </p>
      )}
    </section>
  );
}

function Advice({ frame, view: { run, mayRetry } }: { frame: PageFrame & { viewer: Viewer }; view: RunView }) {
  switch (run.status) {
    case 'awaiting-approval':
      return run.reviewId ? (
        <p>
          <a class="button" href={`/reviews/${run.reviewId}`}>
            Open the review
          </a>
        </p>
      ) : (
        <p>The review is being prepared.</p>
      );
    case 'parked':
      return mayRetry ? (
        <RetryForm run={run} csrfToken={frame.viewer.csrfToken} />
      ) : (
        <p>On-call was told. A Maintainer of {run.projectPath} can retry it here.</p>
      );
    case 'refused':
      return (
        <p>
          Correct it in the repository and push again; nothing was trained. <code>mlops validate</code> says the same
          before a push.
        </p>
      );
    case 'routed-back':
      return (
        <p>
          What was live stays live.{' '}
          {run.issueUrl ? (
            <OutsideLink href={run.issueUrl}>The issue has the reasons and numbers</OutsideLink>
          ) : (
            'The issue is being written.'
          )}
        </p>
      );
    case 'superseded':
      return (
        <p>
          Nothing. <a href={`/models/${run.model}`}>See the newer run</a>.
        </p>
      );
    default:
      return <p>Nothing: the run goes on by itself.</p>;
  }
}

function RetryForm({ run, csrfToken }: { run: Run; csrfToken: string }) {
  return (
    <form method="post" action={`/runs/${run.runId}/retry`}>
      <input type="hidden" name="csrf" value={csrfToken} />
      <p>
        When the cause is gone, the run goes on from its last good step; nothing is trained twice. The retry is recorded
        with your name.
      </p>
      <button type="submit">Retry the run</button>
    </form>
  );
}
