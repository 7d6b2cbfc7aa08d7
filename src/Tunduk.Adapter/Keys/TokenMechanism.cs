using System.Runtime.InteropServices;

namespace Tunduk.Adapter.Keys;

/// <summary>CK_MECHANISM without parameter (PKCS #11 v2.40 §3.6).</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct TokenMechanism
{
    public nuint Type;
    public nint Parameter;
    public nuint ParameterLength;
}
