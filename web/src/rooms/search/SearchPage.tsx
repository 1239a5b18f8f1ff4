export default function P() { return <div className="page">search/SearchPage</div>; }
