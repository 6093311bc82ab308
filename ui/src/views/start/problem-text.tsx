import type { Problem } from '../../app/setup.js';
import { useApp } from '../../app/use-app.js';

/** Always there, so that what appears in it is read out. */
export function ProblemText({ id, problem }: { id: string; problem: Problem | undefined }) {
  const { t } = useApp();
  return (
    <div id={id} class="field-error" role="alert">
      {problem && (
        <>
          <p>{problem.text}</p>
          {problem.detail !== undefined && (
            <p class="start-detail" dir="auto">
              {t('start.detail', { text: problem.detail })}
            </p>
          )}
        </>
      )}
    </div>
  );
}
