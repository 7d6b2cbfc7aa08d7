using System.Runtime.InteropServices;

namespace Tunduk.Adapter.Keys;

/// <summary>CK_ATTRIBUTE (PKCS #11 v2.40 §3.5).</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct TokenAttribute
{
    public nuint Type;
    public nint Value;
    public nuint Length;
}
