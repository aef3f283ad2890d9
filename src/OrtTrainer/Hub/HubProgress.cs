namespace OrtTrainer.Hub;

/// <summary>How far a download is.</summary>
/// <param name="Model">What is downloaded, at its commit.</param>
/// <param name="File">The file that comes now.</param>
/// <param name="Done">Bytes that are there, of all files together.</param>
/// <param name="Total">Bytes of all files to download.</param>
/// <param name="IsFinished">Whether all is there.</param>
internal sealed record HubProgress(HubName Model, string File, long Done, long Total, bool IsFinished);
