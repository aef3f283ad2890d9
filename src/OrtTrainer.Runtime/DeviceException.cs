namespace OrtTrainer.Runtime;

/// <summary>
/// A device cannot be used, or has failed. The message names the device and tells what was found, what is expected and
/// what to do.
/// </summary>
/// <param name="device">The device's name.</param>
/// <param name="message">What is wrong.</param>
/// <param name="inner">What it follows from; null for nothing.</param>
public sealed class DeviceException(string device, string message, Exception? inner = null)
    : Exception($"{device}: {message}", inner)
{
    /// <summary>The device's name.</summary>
    public string Device { get; } = device;
}
