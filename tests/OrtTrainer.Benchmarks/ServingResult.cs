namespace OrtTrainer.Benchmarks;

/// <summary>What a server did under load, beside the predictor that it serves.</summary>
/// <param name="Texts">Different texts.</param>
/// <param name="Threads">Threads of the model.</param>
/// <param name="Rounds">Turns of each.</param>
/// <param name="Predictor">Texts a second of the predictor on all texts at once, the median of its turns.</param>
/// <param name="Loads">Figures by clients.</param>
internal sealed record ServingResult(
    int Texts, int Threads, int Rounds, double Predictor, IReadOnlyList<ServingLoad> Loads);

/// <summary>A server under the load of some clients, each with one request of one text at a time.</summary>
/// <param name="Clients">Clients at once.</param>
/// <param name="Requests">Requests a second, the median of the turns.</param>
/// <param name="Ratio">The median of the turns' ratios to the predictor's texts a second just before.</param>
/// <param name="P50">Seconds of the middle request, of all turns.</param>
/// <param name="P99">Seconds that 99 of 100 requests took at most.</param>
/// <param name="BatchTexts">Texts of a batch on average.</param>
/// <param name="Wrong">Answers other than the predictor's, byte by byte.</param>
internal sealed record ServingLoad(
    int Clients, double Requests, double Ratio, double P50, double P99, double BatchTexts, long Wrong);
