namespace OrtTrainer.Server.Requests;

/// <summary>A request that is not answered as it wants; the message says what was found and what was
/// expected.</summary>
/// <param name="status">The status of the answer, 400 to 599.</param>
/// <param name="reason">A word for it in metrics and logs.</param>
/// <param name="detail">The message.</param>
internal sealed class RefusedRequestException(int status, string reason, string detail) : Exception(detail)
{
    /// <summary>The status of the answer.</summary>
    public int Status => status;

    /// <summary>A word for it in metrics and logs.</summary>
    public string Reason => reason;

    /// <summary>After how many seconds to try again; null where that would change nothing.</summary>
    public int? RetryAfter { get; init; }

    /// <summary>What the body or a value in it is refused for.</summary>
    public static RefusedRequestException Malformed(string detail) => new(400, "malformed", detail);
}
