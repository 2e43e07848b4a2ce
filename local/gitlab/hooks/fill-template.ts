import * as z from 'zod';

/** A body of the hook's own: `{{project.name}}` stands for what the event says there. */
export function fillTemplate(template: string, body: string): string {
  const event: unknown = JSON.parse(body);
  return template.replace(/\{\{(.+?)\}\}/g, (_whole, path) => {
    let value: unknown = event;
    for (const part of String(path).trim().split('.')) {
      const inside = z.record(z.string(), z.unknown()).safeParse(Array.isArray(value) ? { ...value } : value);
      value = inside.success ? inside.data[part] : undefined;
    }
    if (typeof value === 'string') return JSON.stringify(value).slice(1, -1);
    return value === undefined || value === null ? '' : JSON.stringify(value);
  });
}
