export default function P() { return <div className="page">measures/MeasuresPage</div>; }
