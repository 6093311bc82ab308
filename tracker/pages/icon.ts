/** The mark of Parley: a speech bubble. */
export const icon =
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><path fill="#1f5fbf" d="M9 4h14a6 6 0 0 1 6 6v8a6 6 0 0 1-6 6H12l-8 5V10a5 5 0 0 1 5-6z"/></svg>';
