using Google.Protobuf.Reflection;
using Microsoft.AspNetCore.Http;

namespace Tunduk.GrpcHosting.Reflection;

/// <summary>Who may see what.</summary>
internal sealed record ReflectionRules(Func<HttpContext, MethodDescriptor, bool> Permits);
