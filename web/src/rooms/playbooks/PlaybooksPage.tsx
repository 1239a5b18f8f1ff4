export default function P() { return <div className="page">playbooks/PlaybooksPage</div>; }
