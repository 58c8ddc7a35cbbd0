import { ValueError } from "../errors.js";
import type { Column } from "./array.js";

/** Which labels a sparse loss can take. */
export interface LabelRule {
  /** As it appears in errors. */
  readonly who: string;
  readonly classes: number;
  /** A label that is left out of the loss. */
  readonly ignoreClass: number | null;
}

/** Refuses labels that are no class, before anything is trained on them: they would be read as some other class. */
export function checkLabels({ data, shape }: Column, { who, classes, ignoreClass }: LabelRule): void {
  for (let index = 0; index < data.length; index++) {
    const label = Number(data[index]);
    if ((label >= 0 && label < classes && Number.isInteger(label)) || label === ignoreClass) continue;
    const rest = shape.slice(1).reduce((product, size) => product * size, 1);
    const place = rest === 1 ? `${index}` : `${Math.floor(index / rest)} (element ${index})`;
    throw new ValueError(
      `${who}: label ${label} at sample ${place} is not a class: the predictions have ${classes} classes, so labels must be integers from 0 to ${classes - 1}.`,
    );
  }
}
