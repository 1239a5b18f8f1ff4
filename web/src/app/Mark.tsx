/** The lamp on its cord. */
export function Mark({ size = 24 }: { size?: number }) {
  return (
    <svg width={size} height={size} viewBox="0 0 32 32" aria-hidden="true">
      <path d="M16 0v9" stroke="var(--faint)" strokeWidth="2" />
      <path d="M8 9.5h16v12a8 8 0 0 1-16 0z" fill="var(--amber)" />
      <path d="M8 14.6h16M8 19.6h16" stroke="var(--panel)" strokeWidth="1.8" />
    </svg>
  );
}
