export default function P() { return <div className="page">case/CasesPage</div>; }
