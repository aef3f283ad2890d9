using OrtTrainer.Common;

namespace OrtTrainer.Hub;

/// <summary>A hub that cannot be reached now; what is in the cache may still serve.</summary>
internal sealed class HubUnreachableException(string message, Exception? inner = null)
    : RunException(message, inner!);
