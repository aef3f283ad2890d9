using System.ComponentModel;
using System.Runtime.InteropServices;

namespace OrtTrainer.Runtime.Cpu.MachineCode;

/// <summary>
/// Machine code in pages that were written first and made executable then: they are never both at once.
/// </summary>
internal sealed unsafe partial class ExecutableMemory : SafeHandle
{
    private const int ProtectRead = 1, ProtectWrite = 2, ProtectExecute = 4;
    private const int MapPrivate = 2, MapAnonymous = 32;
    private const uint Commit = 0x1000, Reserve = 0x2000, Release = 0x8000;
    private const uint PageReadWrite = 4, PageExecuteRead = 32;

    private readonly nuint _length;

    /// <summary>Takes a copy of the code.</summary>
    /// <param name="code">Code that does not depend on where it lies.</param>
    /// <exception cref="PlatformNotSupportedException">Neither Linux nor Windows.</exception>
    /// <exception cref="Win32Exception">The system gives no executable memory.</exception>
    public ExecutableMemory(ReadOnlySpan<byte> code)
        : base(IntPtr.Zero, ownsHandle: true)
    {
        if (!IsSupported)
        {
            throw new PlatformNotSupportedException("Machine code is made on Linux and Windows only.");
        }

        _length = (nuint)code.Length;
        SetHandle(Allocate(_length));
        code.CopyTo(new Span<byte>((void*)handle, code.Length));
        Protect();
    }

    /// <summary>Whether this system is one that code can be made on.</summary>
    public static bool IsSupported => OperatingSystem.IsLinux() || OperatingSystem.IsWindows();

    /// <summary>Where the code lies.</summary>
    public nint Start => handle;

    public override bool IsInvalid => handle == IntPtr.Zero;

    protected override bool ReleaseHandle() => OperatingSystem.IsWindows()
        ? VirtualFree(handle, 0, Release) != 0
        : Unmap(handle, _length) == 0;

    private static IntPtr Allocate(nuint length)
    {
        if (OperatingSystem.IsWindows())
        {
            IntPtr pages = VirtualAlloc(IntPtr.Zero, length, Commit | Reserve, PageReadWrite);
            return pages != IntPtr.Zero ? pages : throw new Win32Exception();
        }

        IntPtr mapped = Map(IntPtr.Zero, length, ProtectRead | ProtectWrite, MapPrivate | MapAnonymous, -1, 0);
        return mapped != -1 ? mapped : throw new Win32Exception();
    }

    private void Protect()
    {
        bool done = OperatingSystem.IsWindows()
            ? VirtualProtect(handle, _length, PageExecuteRead, out _) != 0
                && FlushInstructionCache(GetCurrentProcess(), handle, _length) != 0
            : ProtectPages(handle, _length, ProtectRead | ProtectExecute) == 0;
        if (!done)
        {
            throw new Win32Exception();
        }
    }

    [LibraryImport("libc", EntryPoint = "mmap", SetLastError = true)]
    private static partial IntPtr Map(
        IntPtr address, nuint length, int protection, int flags, int file, nint offset);

    [LibraryImport("libc", EntryPoint = "mprotect", SetLastError = true)]
    private static partial int ProtectPages(IntPtr address, nuint length, int protection);

    [LibraryImport("libc", EntryPoint = "munmap", SetLastError = true)]
    private static partial int Unmap(IntPtr address, nuint length);

    [LibraryImport("kernel32", SetLastError = true)]
    private static partial IntPtr VirtualAlloc(IntPtr address, nuint length, uint type, uint protection);

    [LibraryImport("kernel32", SetLastError = true)]
    private static partial int VirtualProtect(IntPtr address, nuint length, uint protection, out uint earlier);

    [LibraryImport("kernel32", SetLastError = true)]
    private static partial int VirtualFree(IntPtr address, nuint length, uint type);

    [LibraryImport("kernel32", SetLastError = true)]
    private static partial int FlushInstructionCache(IntPtr process, IntPtr address, nuint length);

    [LibraryImport("kernel32")]
    private static partial IntPtr GetCurrentProcess();
}
