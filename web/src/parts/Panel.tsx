import { Boundary } from './Boundary';

export function Panel({
  title,
  aside,
  children,
  flush = false,
}: {
  title?: React.ReactNode;
  aside?: React.ReactNode;
  children: React.ReactNode;
  flush?: boolean;
}) {
  return (
    <section className="panel">
      {title !== undefined && (
        <header className="panel-head">
          <h2>{title}</h2>
          {aside}
        </header>
      )}
      <div className={flush ? undefined : 'panel-body'}>
        <Boundary what={typeof title === 'string' ? title : 'This panel'}>{children}</Boundary>
      </div>
    </section>
  );
}
