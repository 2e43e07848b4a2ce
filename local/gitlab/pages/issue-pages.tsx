import { canSeeIssue, PLANNER } from '../access.ts';
import type { Issue, Note } from '../rows/issues.ts';
import type { MergeRequest } from '../rows/merge-requests.ts';
import type { Project } from '../rows/projects.ts';
import type { User } from '../rows/users.ts';
import type { World } from '../world.ts';
import { Page, ProjectNavigation, Status, Time } from './layout.tsx';

interface Common {
  world: World;
  project: Project;
  user: User | undefined;
}

const nameOf = (world: World, id: number | null) => (id === null ? '' : (world.db.users.get(id)?.name ?? 'someone'));

export function IssuesPage({ world, project, user, access }: Common & { access: number }) {
  const issues = world.db.issues
    .filter((row) => row.project_id === project.id && canSeeIssue(row, user, access))
    .sort((a, b) => b.iid - a.iid);
  return (
    <Page title={`Issues of ${project.path_with_namespace}`} user={user}>
      <ProjectNavigation path={project.path_with_namespace} />
      <h1>Issues</h1>
      {issues.length === 0 ? <p class="soft">No issues.</p> : null}
      <table>
        <tbody>
          {issues.map((issue) => (
            <tr>
              <td>#{issue.iid}</td>
              <td>
                <a href={`/${project.path_with_namespace}/-/issues/${issue.iid}`}>{issue.title}</a>
                {issue.confidential ? <span class="soft"> (confidential)</span> : null}
                <div>
                  <Labels labels={issue.labels} />
                </div>
              </td>
              <td>{issue.state}</td>
              <td>{nameOf(world, issue.author_id)}</td>
              <td>
                <Time at={issue.created_at} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </Page>
  );
}

function Labels({ labels }: { labels: string[] }) {
  return (
    <>
      {labels.map((label) => (
        <span class="label">{label}</span>
      ))}
    </>
  );
}

function Notes({ world, notes }: { world: World; notes: Note[] }) {
  return (
    <>
      {notes.map((note) => (
        <section id={`note_${note.id}`}>
          <p class="soft">
            {nameOf(world, note.author_id)}{' '}
            {note.system ? note.body : note.internal ? 'wrote for members alone' : 'wrote'},{' '}
            <Time at={note.created_at} />
          </p>
          {note.system ? null : <Markdown projectId={note.project_id} text={note.body} />}
        </section>
      ))}
    </>
  );
}

/** Text as it was written, with its links as links; an attachment's address is that of the project. */
function Markdown({ projectId, text }: { projectId: number; text: string }) {
  const pieces = text.split(/(!?\[[^\]\n]*\]\([^)\s]+\)|https?:\/\/[^\s<>")\]]+)/g);
  return (
    <pre>
      {pieces.map((piece, index) => {
        if (index % 2 === 0) return piece;
        const [, label, address = piece] = /^!?\[([^\]]*)\]\(([^)]+)\)$/.exec(piece) ?? [];
        const href = address.startsWith('/uploads/') ? `/-/project/${projectId}${address}` : address;
        return /^(https?:\/\/|\/)/.test(href) ? <a href={href}>{label || address}</a> : piece;
      })}
    </pre>
  );
}

function IssueForms({ issue }: { issue: Issue }) {
  const event = issue.state === 'opened' ? 'close' : 'reopen';
  return (
    <>
      <form method="post">
        <label>
          Comment
          <textarea name="comment" rows={4} required />
        </label>
        <button type="submit">Comment</button>
      </form>
      <form method="post">
        <button type="submit" name="state_event" value={event}>
          {event === 'close' ? 'Close issue' : 'Reopen issue'}
        </button>
      </form>
    </>
  );
}

const notesOf = (world: World, type: Note['noteable_type'], id: number, access: number) =>
  world.db.notes
    .filter((note) => note.noteable_type === type && note.noteable_id === id && (!note.internal || access >= PLANNER))
    .sort((a, b) => a.id - b.id);

export function IssuePage({ world, project, user, issue, access }: Common & { issue: Issue; access: number }) {
  return (
    <Page title={issue.title} user={user}>
      <ProjectNavigation path={project.path_with_namespace} />
      <h1>
        #{issue.iid} {issue.title}
      </h1>
      <p>
        <Status status={issue.state} /> · opened by {nameOf(world, issue.author_id)}, <Time at={issue.created_at} />
        {issue.confidential ? ' · confidential: shown to members alone' : ''}
      </p>
      <p>
        <Labels labels={issue.labels} />
      </p>
      <Markdown projectId={project.id} text={issue.description ?? 'No description.'} />
      <Notes world={world} notes={notesOf(world, 'Issue', issue.id, access)} />
      {user ? <IssueForms issue={issue} /> : null}
    </Page>
  );
}

export function MergeRequestsPage({ world, project, user }: Common) {
  const rows = world.db.mergeRequests.filter((row) => row.project_id === project.id).reverse();
  return (
    <Page title={`Merge requests of ${project.path_with_namespace}`} user={user}>
      <ProjectNavigation path={project.path_with_namespace} />
      <h1>Merge requests</h1>
      {rows.length === 0 ? <p class="soft">No merge requests.</p> : null}
      <ul>
        {rows.map((row) => (
          <li>
            <a href={`/${project.path_with_namespace}/-/merge_requests/${row.iid}`}>
              !{row.iid} {row.title}
            </a>{' '}
            <Status status={row.state} />
          </li>
        ))}
      </ul>
    </Page>
  );
}

export function MergeRequestPage({
  world,
  project,
  user,
  row,
  access,
}: Common & { row: MergeRequest; access: number }) {
  return (
    <Page title={row.title} user={user}>
      <ProjectNavigation path={project.path_with_namespace} />
      <h1>
        !{row.iid} {row.title}
      </h1>
      <p>
        <Status status={row.state} /> · {row.source_branch} into {row.target_branch}, opened by{' '}
        {nameOf(world, row.author_id)}
        {row.merge_user_id ? `, merged by ${nameOf(world, row.merge_user_id)}` : ''}
      </p>
      <pre>{row.description ?? 'No description.'}</pre>
      <Notes world={world} notes={notesOf(world, 'MergeRequest', row.id, access)} />
    </Page>
  );
}
