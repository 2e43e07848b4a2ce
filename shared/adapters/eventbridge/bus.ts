import { PutEventsCommand, type PutEventsResultEntry } from '@aws-sdk/client-eventbridge';
import { ServiceUnavailable } from '../../domain/faults.ts';
import type { Bus, Fact } from '../../ports/bus.ts';
import { eventbridgeClient } from '../aws/eventbridge-client.ts';
import { asFaults } from '../aws/translate-error.ts';

/** PutEvents takes ten entries a request. */
const MAX_ENTRIES = 10;

export function eventbridgeBus({ bus }: { bus: string }): Bus {
  const client = eventbridgeClient();

  async function put(facts: readonly Fact[]): Promise<void> {
    const command = new PutEventsCommand({
      Entries: facts.map((fact) => ({
        EventBusName: bus,
        Source: 'mlops',
        DetailType: fact.detailType,
        Detail: JSON.stringify(fact.detail),
        Time: new Date(fact.occurredAt),
      })),
    });
    const answer = await asFaults(`Putting events on ${bus}`, () => client.send(command));
    // PutEvents answers 200 even where it took nothing.
    const refused = answer.Entries?.find((entry: PutEventsResultEntry) => entry.ErrorCode !== undefined);
    if ((answer.FailedEntryCount ?? 0) > 0 || refused !== undefined) {
      throw new ServiceUnavailable(
        `The bus ${bus} refused ${answer.FailedEntryCount ?? 1} of ${facts.length} events (${refused?.ErrorCode ?? 'no reason given'}).`,
      );
    }
  }

  return {
    async publish(facts) {
      for (let first = 0; first < facts.length; first += MAX_ENTRIES)
        await put(facts.slice(first, first + MAX_ENTRIES));
    },
  };
}
