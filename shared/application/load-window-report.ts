import { VARIANT } from '../domain/capture-place.ts';
import { instant } from '../domain/monitor-window.ts';
import type { OnboardingRecord } from '../domain/onboarding.ts';
import type { GitlabUser } from '../domain/run.ts';
import type { Documents } from '../ports/documents.ts';
import type { Memberships } from '../ports/gitlab.ts';
import type { MonitorWindows } from '../ports/monitor-windows.ts';
import type { Onboarding } from '../ports/onboarding.ts';
import { authorizeReader } from './authorize-reader.ts';

export type WindowReportSources = {
  onboarding: Pick<Onboarding, 'ofModel'>;
  memberships: Pick<Memberships, 'inGroup' | 'inProject'>;
  monitorWindows: Pick<MonitorWindows, 'find'>;
  documents: Pick<Documents, 'read'>;
};

type WindowPlace = { model: string; environment: string; from: string; to: string };

/** `report.html` of a window as it was stored, its digest checked; `undefined` where there is none or they may not know of it. */
export async function loadWindowReport(
  { model, environment, from, to }: WindowPlace,
  user: GitlabUser,
  { onboarding, memberships, monitorWindows, documents }: WindowReportSources,
): Promise<string | undefined> {
  const record: OnboardingRecord | undefined = onboarding.ofModel(model);
  if (record === undefined || (await authorizeReader(record, user.id, memberships)) === undefined) return undefined;
  if (Number.isNaN(Date.parse(from)) || Number.isNaN(Date.parse(to))) return undefined;
  const window = { from: instant(from), to: instant(to) };
  const row = await monitorWindows.find({ model, environment, variant: VARIANT, window });
  return row?.page && new TextDecoder().decode(await documents.read(row.page));
}
