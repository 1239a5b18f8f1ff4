export default function P() { return <div className="page">exposure/ExposurePage</div>; }
