import { sha256Hex } from '../shared/domain/canonical-json.ts';
import { base } from './styles/base.ts';
import { charts } from './styles/charts.ts';
import { forms } from './styles/forms.ts';
import { parts } from './styles/parts.ts';
import { print } from './styles/print.ts';
import { prose } from './styles/prose.ts';
import { tables } from './styles/tables.ts';
import { tokens } from './styles/tokens.ts';

/** The one stylesheet, without the blanks that only people need. */
export const stylesheet = [tokens, base, tables, parts, charts, forms, prose, print]
  .join('')
  .replaceAll(/\n\s*/g, '\n')
  .trim();

/** Named by its bytes, so that browsers may keep it for good. */
export const stylesheetPath = `/styles.${sha256Hex(stylesheet).slice(0, 12)}.css`;
