import type { DecisionForm, FieldError } from '../../shared/domain/decision-form.ts';
import type { Eligibility } from '../../shared/domain/four-eyes.ts';
import { championValues } from '../../shared/domain/list-metrics.ts';
import type { Review } from '../../shared/domain/review.ts';
import type { ReviewPacket } from '../../shared/domain/review-packet.ts';
import type { RunEvent } from '../../shared/domain/run-event.ts';
import { Changes } from '../parts/changes.tsx';
import { DecisionFormPart } from '../parts/decision-form.tsx';
import { ErrorSummary } from '../parts/error-summary.tsx';
import { GateTable } from '../parts/gate-table.tsx';
import { Layout, type PageFrame, type Viewer } from '../parts/layout.tsx';
import { Lineage } from '../parts/lineage.tsx';
import { MetricTable } from '../parts/metric-table.tsx';
import { ReviewVerdict } from '../parts/review-verdict.tsx';
import { SliceTables } from '../parts/slice-tables.tsx';
import { Table } from '../parts/table.tsx';
import { Time } from '../parts/time.tsx';
import { Timeline } from '../parts/timeline.tsx';
import { WhoMayDecide } from '../parts/who-may-decide.tsx';

export type ReviewView = {
  review: Review;
  packet: ReviewPacket;
  timeline: readonly RunEvent[];
  eligibility: Eligibility;
  /** What was posted and could not be taken. */
  refused?: { sentences: readonly string[]; errors: readonly FieldError[]; typed: DecisionForm };
};

export function ReviewPage({ frame, view }: { frame: PageFrame & { viewer: Viewer }; view: ReviewView }) {
  const { review, packet, timeline, refused } = view;
  const name = `${review.model} v${review.version}`;
  const championName = packet.live && `v${packet.live.version}`;
  const isOpen = review.status === 'pending';
  return (
    <Layout
      {...frame}
      title={`${refused ? 'Not recorded: ' : ''}Review of ${name}`}
      crumbs={[
        { href: '/', text: 'Models' },
        { href: `/models/${review.model}`, text: review.model },
        { href: `/runs/${review.runId}`, text: `run ${review.sequence}` },
      ]}
    >
      {refused && (
        <ErrorSummary title="The decision was not recorded" sentences={refused.sentences} errors={refused.errors} />
      )}
      <ReviewVerdict review={review} packet={packet} now={frame.now} />
      <div class="split">
        <div class="aside">
          <DecisionCard frame={frame} view={view} />
        </div>
        <div class="evidence">
          <section aria-labelledby="gates">
            <h2 id="gates">Gates</h2>
            <GateTable
              verdict={packet.verdict}
              championName={championName}
              champions={championValues(packet.metrics, packet.slices)}
            />
          </section>
          <section aria-labelledby="metrics">
            <h2 id="metrics">{packet.live ? 'Metrics against the live version' : 'Metrics'}</h2>
            <MetricTable metrics={packet.metrics} championName={championName} />
          </section>
          <section aria-labelledby="slices">
            <h2 id="slices">Slices</h2>
            <SliceTables slices={packet.slices} />
          </section>
          <section aria-labelledby="changes">
            <h2 id="changes">{packet.live ? 'What changed since the live version' : 'What is in it'}</h2>
            <Changes packet={packet} />
          </section>
          <section aria-labelledby="rollout">
            <h2 id="rollout">Where it would go</h2>
            <Environments environments={packet.environments} />
          </section>
          <section aria-labelledby="lineage">
            <h2 id="lineage">Where it comes from</h2>
            <div class="card">
              <Lineage lineage={packet.lineage} />
            </div>
          </section>
          <section aria-labelledby="people">
            <h2 id="people">Who may decide</h2>
            <div class="card">
              <WhoMayDecide packet={packet} />
            </div>
          </section>
          <section aria-labelledby="timeline">
            <h2 id="timeline">What happened</h2>
            <Timeline events={timeline} now={frame.now} awaited={isOpen ? 'a steward to decide' : undefined} />
          </section>
          <p class="small soft">
            Review {review.reviewId}. Digest of all that is shown here: <code>{review.packet.sha256}</code>
          </p>
        </div>
      </div>
    </Layout>
  );
}

function DecisionCard({
  frame,
  view: { review, packet, eligibility, refused },
}: {
  frame: PageFrame & { viewer: Viewer };
  view: ReviewView;
}) {
  if (review.status !== 'pending') return <Outcome review={review} typed={refused?.typed.reason} now={frame.now} />;
  if (!eligibility.may) {
    return (
      <section class="card" aria-labelledby="decision">
        <h2 id="decision">You can't decide this</h2>
        <p>
          <bdi dir="ltr">{eligibility.why}</bdi>
        </p>
        {refused?.typed.reason && <Typed reason={refused.typed.reason} />}
        <p>
          <a href="#people">Who can</a>
        </p>
      </section>
    );
  }
  return (
    <section class="card is-action" aria-labelledby="decision">
      <h2 id="decision">Your decision</h2>
      <p class="small soft">
        By <Time at={review.expiresAt} now={frame.now} />. Silence never approves.
      </p>
      <DecisionFormPart
        reviewId={review.reviewId}
        packetSha256={review.packet.sha256}
        csrfToken={frame.viewer.csrfToken}
        environments={packet.environments}
        typed={refused?.typed}
        errors={refused?.errors ?? []}
      />
    </section>
  );
}

/** A reason that came too late is not thrown away: it can be copied. */
function Typed({ reason }: { reason: string }) {
  return (
    <>
      <p class="small soft">What you wrote:</p>
      <blockquote class="quote">
        <bdi>{reason}</bdi>
      </blockquote>
    </>
  );
}

function Outcome({ review, typed, now }: { review: Review; typed: string | undefined; now: string }) {
  const { decision } = review;
  return (
    <section class="card" aria-labelledby="decision">
      <h2 id="decision">{decision ? 'The decision' : 'Closed without a decision'}</h2>
      {decision ? (
        <>
          <p>
            <strong>
              <bdi>{decision.by.name}</bdi>
            </strong>{' '}
            <span class="soft">@{decision.by.username}</span> {decision.outcome} it on{' '}
            <Time at={decision.at} now={now} />
            {decision.code && `, code ${decision.code}`}.
          </p>
          <blockquote class="quote">
            <bdi>{decision.reason}</bdi>
          </blockquote>
        </>
      ) : (
        <p>
          {review.status === 'superseded'
            ? 'A newer candidate of the model took its place.'
            : 'Nobody decided in time. A new commit or pipeline asks again.'}
        </p>
      )}
      {typed && <Typed reason={typed} />}
      <p>
        <a href={`/runs/${review.runId}`}>How the run went on</a>
        {review.supersededBy && (
          <>
            {' · '}
            <a href={`/runs/${review.supersededBy}`}>The newer run</a>
          </>
        )}
      </p>
    </section>
  );
}

function Environments({ environments }: { environments: ReviewPacket['environments'] }) {
  return (
    <Table
      caption="One after the other; each is smoke-tested before the next begins, and the first failure stops"
      columns={[
        { header: 'Environment', cell: ({ name }) => name },
        { header: 'Instances', cell: ({ instanceCount, instanceType }) => `${instanceCount} × ${instanceType}` },
        { header: 'Strategy', cell: ({ strategy }) => strategy.replaceAll('-', ' ') },
        {
          header: 'Capture',
          cell: ({ capture }) => (capture ? `${capture.percent} % for ${capture.retainDays} days` : 'off'),
        },
      ]}
      rows={environments}
    />
  );
}
