import type { SplitExample } from "../ecosystem.ts";

export const examples: readonly SplitExample[] = [
  {
    title: "A web API that is started in its own directory",
    before: `FROM mcr.microsoft.com/dotnet/sdk:8.0
WORKDIR /src
COPY ["Shop.Api/Shop.Api.csproj", "Shop.Api/"]
RUN dotnet restore "Shop.Api/Shop.Api.csproj"
COPY . .
RUN dotnet test tests/Shop.Tests
RUN dotnet publish "Shop.Api/Shop.Api.csproj" -c Release -o /app/publish /p:UseAppHost=false
WORKDIR /app/publish
ENV ASPNETCORE_URLS=http://+:8080
EXPOSE 8080
ENTRYPOINT ["dotnet", "Shop.Api.dll"]
`,
    after: `FROM mcr.microsoft.com/dotnet/sdk:8.0 AS builder
WORKDIR /src
COPY ["Shop.Api/Shop.Api.csproj", "Shop.Api/"]
RUN dotnet restore "Shop.Api/Shop.Api.csproj"
COPY . .
RUN dotnet test tests/Shop.Tests
RUN dotnet publish "Shop.Api/Shop.Api.csproj" -c Release -o /app/publish /p:UseAppHost=false

FROM mcr.microsoft.com/dotnet/aspnet:8.0 AS runtime
WORKDIR /src
COPY --from=builder /app/publish /app/publish
WORKDIR /app/publish
ENV ASPNETCORE_URLS=http://+:8080
EXPOSE 8080
ENTRYPOINT ["dotnet", "Shop.Api.dll"]
`,
    checks: [],
  },
  {
    title: "Started from another directory: settings may be read there, so all of it crosses",
    before: `FROM mcr.microsoft.com/dotnet/sdk:8.0
WORKDIR /app
COPY *.csproj ./
RUN dotnet restore
COPY . .
RUN dotnet publish -c Release -o out
EXPOSE 8080
ENTRYPOINT ["dotnet", "out/Shop.dll"]
`,
    after: `FROM mcr.microsoft.com/dotnet/sdk:8.0 AS builder
WORKDIR /app
COPY *.csproj ./
RUN dotnet restore
COPY . .
RUN dotnet publish -c Release -o out

FROM mcr.microsoft.com/dotnet/aspnet:8.0 AS runtime
WORKDIR /app
COPY --from=builder /app ./
# As in the image with the SDK, where no port is set.
ENV ASPNETCORE_HTTP_PORTS=""
EXPOSE 8080
ENTRYPOINT ["dotnet", "out/Shop.dll"]
`,
    checks: [],
  },
  {
    title: "A console program, as its project file says",
    before: `FROM mcr.microsoft.com/dotnet/sdk:9.0-bookworm-slim
WORKDIR /work
COPY . .
RUN dotnet publish Report -c Release -o /report
WORKDIR /report
ENTRYPOINT ["dotnet", "report.dll"]
`,
    after: `FROM mcr.microsoft.com/dotnet/sdk:9.0-bookworm-slim AS builder
WORKDIR /work
COPY . .
RUN dotnet publish Report -c Release -o /report

FROM mcr.microsoft.com/dotnet/runtime:9.0-bookworm-slim AS runtime
WORKDIR /work
COPY --from=builder /report /report
WORKDIR /report
ENTRYPOINT ["dotnet", "report.dll"]
`,
    project: {
      "Report/Report.fsproj":
        '<Project Sdk="Microsoft.NET.Sdk">\n  <PropertyGroup>\n    <OutputType>Exe</OutputType>\n    <AssemblyName>report</AssemblyName>\n  </PropertyGroup>\n</Project>\n',
    },
    checks: [],
  },
  {
    title: "A program on Alpine that brings its own .NET",
    before: `FROM mcr.microsoft.com/dotnet/sdk:8.0-alpine
RUN apk add --no-cache clang build-base zlib-dev
COPY . /src
WORKDIR /src
RUN dotnet publish -c Release -r linux-musl-x64 --self-contained -o /opt/tool && mkdir -p /data
WORKDIR /data
USER app
ENTRYPOINT ["/opt/tool/tool"]
`,
    after: `FROM mcr.microsoft.com/dotnet/sdk:8.0-alpine AS builder
RUN apk add --no-cache clang build-base zlib-dev
COPY . /src
WORKDIR /src
RUN dotnet publish -c Release -r linux-musl-x64 --self-contained -o /opt/tool && mkdir -p /data

FROM mcr.microsoft.com/dotnet/runtime-deps:8.0-alpine AS runtime
WORKDIR /src
RUN mkdir -p /data
COPY --from=builder /opt/tool /opt/tool
RUN apk add --no-cache icu-data-full icu-libs tzdata
ENV DOTNET_SYSTEM_GLOBALIZATION_INVARIANT=false
WORKDIR /data
USER app
ENTRYPOINT ["/opt/tool/tool"]
`,
    checks: [],
  },
  {
    title: "Everything in one RUN, in the first images of .NET Core",
    before: `FROM microsoft/dotnet:2.1.403-sdk
MAINTAINER team@example.com
ADD . /code
WORKDIR /code
RUN apt-get update && apt-get install -y git libgdiplus libc6-dev && dotnet restore && dotnet publish src/Site -c Release -o /site && rm -rf /root/.nuget /var/lib/apt/lists/*
WORKDIR /site
EXPOSE 80
CMD dotnet Site.dll
`,
    after: `FROM microsoft/dotnet:2.1.403-sdk AS builder
ADD . /code
WORKDIR /code
RUN apt-get update && apt-get install -y git libgdiplus libc6-dev && dotnet restore && dotnet publish src/Site -c Release -o /site && rm -rf /root/.nuget /var/lib/apt/lists/*

FROM microsoft/dotnet:2.1-aspnetcore-runtime AS runtime
MAINTAINER team@example.com
WORKDIR /code
RUN apt-get update && apt-get install -y libgdiplus libc6-dev && rm -rf /var/lib/apt/lists/*
COPY --from=builder /site /site
# As in the image with the SDK, where no port is set.
ENV ASPNETCORE_URLS=""
WORKDIR /site
EXPOSE 80
CMD dotnet Site.dll
`,
    checks: ["The program does not call git."],
  },
  {
    title: "`dotnet run` in CMD: the program is published and started by its name",
    before: `FROM mcr.microsoft.com/dotnet/sdk:8.0
WORKDIR /app
COPY . .
RUN dotnet build
ENV ASPNETCORE_URLS=http://+:5000
EXPOSE 5000
CMD ["dotnet", "run", "--project", "src/Web/Web.csproj", "--no-launch-profile"]
`,
    after: `FROM mcr.microsoft.com/dotnet/sdk:8.0 AS builder
WORKDIR /app
COPY . .
RUN dotnet build
RUN dotnet publish src/Web/Web.csproj -c Release -o /app/out

FROM mcr.microsoft.com/dotnet/aspnet:8.0 AS runtime
WORKDIR /app
COPY --from=builder /app/out ./out
WORKDIR /app/out
ENV ASPNETCORE_URLS=http://+:5000
EXPOSE 5000
CMD ["dotnet", "Web.dll"]
`,
    project: { "src/Web/Web.csproj": '<Project Sdk="Microsoft.NET.Sdk.Web">\n</Project>\n' },
    checks: [
      "The program is published in the configuration Release, where `dotnet run` takes Debug.",
      "The program finds its files in /app/out, where it is started now.",
    ],
  },
  {
    title: "A health check with curl, which the runtime's image lacks",
    before: `FROM mcr.microsoft.com/dotnet/sdk:8.0
COPY . /src
WORKDIR /src
RUN dotnet publish -c Release -o /app
WORKDIR /app
ENV ASPNETCORE_HTTP_PORTS=8080
HEALTHCHECK CMD curl -f http://localhost:8080/health || exit 1
ENTRYPOINT ["dotnet", "Api.dll"]
`,
    after: `FROM mcr.microsoft.com/dotnet/sdk:8.0 AS builder
COPY . /src
WORKDIR /src
RUN dotnet publish -c Release -o /app

FROM mcr.microsoft.com/dotnet/aspnet:8.0 AS runtime
WORKDIR /src
COPY --from=builder /app /app
RUN apt-get update && apt-get install -y --no-install-recommends curl && rm -rf /var/lib/apt/lists/*
WORKDIR /app
ENV ASPNETCORE_HTTP_PORTS=8080
HEALTHCHECK CMD curl -f http://localhost:8080/health || exit 1
ENTRYPOINT ["dotnet", "Api.dll"]
`,
    checks: [],
  },
  {
    title: "A development server builds anew whenever a source changes",
    before: `FROM mcr.microsoft.com/dotnet/sdk:8.0
WORKDIR /app
COPY . .
RUN dotnet restore
ENTRYPOINT ["dotnet", "watch", "run"]
`,
    after: null,
    reason: "which builds anew whenever a source changes",
  },
  {
    title: "`dotnet run` in ENTRYPOINT needs the SDK",
    before: `FROM mcr.microsoft.com/dotnet/sdk:8.0
WORKDIR /app
COPY . .
ENTRYPOINT ["dotnet", "run"]
`,
    after: null,
    reason: "publish with `dotnet publish -c Release -o /app/out`",
  },
  {
    title: "The program is not where the container looks for it",
    before: `FROM mcr.microsoft.com/dotnet/sdk:8.0
WORKDIR /src
COPY . .
RUN dotnet publish -c Release -o /app
ENTRYPOINT ["dotnet", "/srv/Api.dll"]
`,
    after: null,
    reason: "what the runtime stage must start is not certain",
  },
];
