export default function P() { return <div className="page">rules/RulesPage</div>; }
