import { KeroseneError } from "../errors.js";

/**
 * Loads a library when it is first needed: importing this package stays quick, and one that is only good for some files may be absent.
 *
 * @param who Who needs it, at the beginning of the error.
 * @param advice What to do where it is not there, with what it is for.
 * @throws KeroseneError where it cannot be loaded.
 */
export async function optionalModule<T>(name: string, who: string, advice: string): Promise<T> {
  try {
    return (await import(name)) as T;
  } catch (error) {
    throw new KeroseneError(`${who}: ${name} could not be loaded (${(error as Error).message}). ${advice}`, {
      cause: error,
    });
  }
}
