import type { Page } from 'playwright-core';

export interface Stop {
  readonly name: string;
  readonly hash: string;
  readonly shows: string;
  readonly open?: (page: Page, phone: boolean) => Promise<void>;
  readonly then?: string;
  readonly only?: 'wide' | 'phone';
}

/** Every view, dialog and menu of the signed-in window. */
export const STOPS: readonly Stop[];

export function visit(page: Page, stop: Stop, phone: boolean): Promise<void>;
