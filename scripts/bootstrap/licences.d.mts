/** The folder of the package that a module is of; undefined for our own. */
export function packageFolder(module: string): string | undefined;
/** One text with the name, version and licence of each package. `folders`: of packages. */
export function licenceText(heading: string, folders: Iterable<string>): string;
