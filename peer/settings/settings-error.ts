/** Why a document of the peer cannot be used, as one line for people: file, field, next step. Carries no stack. */
export class SettingsError extends Error {
  override readonly name = 'SettingsError';

  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    delete this.stack;
  }
}
