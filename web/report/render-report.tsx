import { ReportPage, type ReportView } from './report-page.tsx';

/**
 * `report.html`: one page that needs nothing else, below 300 kB whatever the rows, the same bytes for the same report. Everything that
 * comes from data is escaped; of the window only counts are in it.
 */
export function renderReport(view: ReportView): string {
  return `<!DOCTYPE html>${String(<ReportPage view={view} />)}`;
}
