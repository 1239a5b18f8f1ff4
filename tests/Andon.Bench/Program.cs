return args is ["detect", .. var rest] ? Andon.Bench.DetectBench.Run(rest) : 0;
