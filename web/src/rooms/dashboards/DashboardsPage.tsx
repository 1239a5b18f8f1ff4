import { Button } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { FactLink } from '@/parts/FactLink';
import { Hostile } from '@/parts/Hostile';
import { Answer, EmptyState } from '@/parts/states';
import { actorWord, many } from '@/parts/words';
import { useDashboards } from '@/wire/getDashboards';
import { EditDashboard } from './EditDashboard';
import './dashboards.css';

export default function DashboardsPage() {
  const [making, setMaking] = useState(false);
  return (
    <div className="page">
      <header className="page-head">
        <h1>Dashboards</h1>
        <span className="dim">Saved searches side by side, over one time</span>
        <span className="grow" />
        <Button variant="default" onClick={() => setMaking(true)}>
          New dashboard
        </Button>
      </header>
      <div className="page-body scroll">
        <Answer of={useDashboards()} what="dashboards">
          {(all) =>
            all.length === 0 ? (
              <EmptyState title="No dashboards yet">
                <p>Save a search first, then lay it beside others.</p>
              </EmptyState>
            ) : (
              <div className="boards">
                {all.map((d) => (
                  <Link
                    key={d.dashboardId}
                    to="/dashboards/$dashboardId"
                    params={{ dashboardId: d.dashboardId }}
                    className="panel board-card"
                  >
                    <span className="strong">
                      <Hostile text={d.name} max={120} />
                    </span>
                    <span className="dim">
                      <Hostile text={d.description} max={240} />
                    </span>
                    <span className="faint">
                      {many(d.panels.length, 'panel')} · {d.shipped ? 'comes with Andon' : actorWord(d.owner)}{' '}
                      {!d.shipped && <FactLink seq={d.fact} />}
                    </span>
                  </Link>
                ))}
              </div>
            )
          }
        </Answer>
      </div>
      {making && <EditDashboard close={() => setMaking(false)} />}
    </div>
  );
}
