type Side = { data: string; encoding?: string; type?: string };

/** A line of a capture file as SageMaker writes it. */
export function writeLine(
  input: Side | string,
  output?: Side | string,
  metadata: Record<string, unknown> = { eventId: 'e', inferenceTime: '2026-11-23T10:00:00Z' },
): string {
  const sides = {
    endpointInput: writeSide('INPUT', input),
    ...(output !== undefined && { endpointOutput: writeSide('OUTPUT', output) }),
  };
  return JSON.stringify({ captureData: sides, eventMetadata: metadata, eventVersion: '0' });
}

function writeSide(mode: string, side: Side | string) {
  const { data, encoding = 'CSV', type = 'text/csv' } = typeof side === 'string' ? { data: side } : side;
  return { observedContentType: type, mode, data, encoding };
}

export function base64(text: string): string {
  return Buffer.from(text).toString('base64');
}
