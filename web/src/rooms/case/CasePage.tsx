export default function P() { return <div className="page">case/CasePage</div>; }
