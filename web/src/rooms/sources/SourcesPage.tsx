export default function P() { return <div className="page">sources/SourcesPage</div>; }
