import type { Runs, Timeline } from '../ports/runs.ts';
import { dynamodbRuns } from './dynamodb/runs.ts';
import { dynamodbTimeline } from './dynamodb/timeline.ts';
import { eventbridgeBus } from './eventbridge/bus.ts';

/** Runs and their timelines, whose facts go out on the stage's bus. */
export function runRecords(environment: { table: string; bus: string }): { runs: Runs; timeline: Timeline } {
  const place = { table: environment.table, bus: eventbridgeBus(environment) };
  return { runs: dynamodbRuns(place), timeline: dynamodbTimeline(place) };
}
