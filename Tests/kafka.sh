# One real Kafka broker for the tests, on free ports of this machine. Sourced by Tests/run.sh, from the top folder.
#
#   find_kafka_jars     prints the folder of Kafka's jars: $KAFKA_LIBS, or what Maven fetched; fails if there is none
#   kafka_jars_at_hand  the same, without asking Maven
#   start_kafka LIBS    starts a broker and sets KAFKA_BOOTSTRAP once it answers
#   stop_kafka STATUS   ends it and removes its data; keeps its log if STATUS is not 0

kafka_version=4.3.1
kafka_pid=
kafka_folder=

# Maven's time limit, for machines where its repository does not answer.
kafka_fetch_seconds=300

kafka_jars_folder=.build/kafka-$kafka_version

kafka_jars_at_hand() {
    if [ -n "${KAFKA_LIBS-}" ]; then
        compgen -G "$KAFKA_LIBS/kafka_*.jar" >/dev/null && { echo "$KAFKA_LIBS"; return; }
        echo "KAFKA_LIBS=$KAFKA_LIBS holds no kafka_*.jar" >&2
        return 1
    fi
    [ -d "$kafka_jars_folder" ] && echo "$kafka_jars_folder"
}

find_kafka_jars() {
    local folder=$kafka_jars_folder
    if [ -z "${KAFKA_LIBS-}" ] && [ ! -d "$folder" ]; then
        command -v mvn >/dev/null || { echo "no KAFKA_LIBS, and no mvn to fetch Kafka with" >&2; return 1; }
        echo "asking Maven for Kafka $kafka_version" >&2
        rm -rf "$folder.partial"
        mkdir -p "$folder.partial"
        kafka_pom > "$folder.partial/pom.xml"
        timeout "$kafka_fetch_seconds" mvn -q -B -f "$folder.partial/pom.xml" dependency:copy-dependencies \
            -DincludeScope=runtime -DoutputDirectory=. >&2 ||
            { echo "Maven could not fetch Kafka" >&2; return 1; }
        mv "$folder.partial" "$folder"
    fi
    kafka_jars_at_hand
}

kafka_pom() {
    cat <<XML
<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>query-worker</groupId><artifactId>kafka-for-tests</artifactId><version>1</version><packaging>pom</packaging>
  <dependencies>
    <dependency>
      <groupId>org.apache.kafka</groupId><artifactId>kafka_2.13</artifactId><version>$kafka_version</version>
    </dependency>
    <dependency>
      <groupId>org.apache.kafka</groupId><artifactId>kafka-tools</artifactId><version>$kafka_version</version>
    </dependency>
    <dependency>
      <groupId>org.apache.logging.log4j</groupId><artifactId>log4j-slf4j-impl</artifactId><version>2.25.4</version>
    </dependency>
  </dependencies>
</project>
XML
}

# Both sockets are open at the same time, so that the ports differ.
free_ports() {
    python3 -c 'import socket
sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(2)]
print(*(socket.getsockname()[1] for socket in sockets))'
}

kafka_properties() {
    local port=$1 controller_port=$2
    cat <<PROPERTIES
process.roles=broker,controller
node.id=1
listeners=PLAINTEXT://127.0.0.1:$port,CONTROLLER://127.0.0.1:$controller_port
advertised.listeners=PLAINTEXT://127.0.0.1:$port
controller.listener.names=CONTROLLER
controller.quorum.voters=1@127.0.0.1:$controller_port
log.dirs=$kafka_folder/data
auto.create.topics.enable=false
group.initial.rebalance.delay.ms=0
offsets.topic.num.partitions=4
offsets.topic.replication.factor=1
transaction.state.log.num.partitions=4
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
share.coordinator.state.topic.replication.factor=1
share.coordinator.state.topic.min.isr=1
PROPERTIES
}

start_kafka() {
    local libs=$1 port controller_port
    command -v java >/dev/null || { echo "no java to run Kafka with" >&2; return 1; }
    kafka_folder=$(mktemp -d "${TMPDIR:-/tmp}/query-worker-kafka.XXXXXX")
    read -r port controller_port < <(free_ports)
    kafka_properties "$port" "$controller_port" > "$kafka_folder/server.properties"
    # Warnings too: without it Kafka's logging, unconfigured, tells errors only.
    local java=(java -Xmx384m -XX:+UseSerialGC -Dlog4j2.level=WARN -cp "$libs/*")
    # Any 16 bytes in base64 will do for the cluster's id.
    "${java[@]}" kafka.tools.StorageTool format --cluster-id cXVlcnktd29ya2VyLXRzdA \
        --config "$kafka_folder/server.properties" > "$kafka_folder/kafka.log" 2>&1 || return 1
    "${java[@]}" kafka.Kafka "$kafka_folder/server.properties" >> "$kafka_folder/kafka.log" 2>&1 < /dev/null &
    kafka_pid=$!
    # A request for metadata; the client connects again and again until the broker answers.
    kcat -b "127.0.0.1:$port" -L -m 60 > /dev/null 2>> "$kafka_folder/kafka.log" || return 1
    export KAFKA_BOOTSTRAP=127.0.0.1:$port
}

stop_kafka() {
    local status=$1
    if [ -n "$kafka_pid" ]; then
        # Its data goes with it, so there is nothing to shut down in order.
        kill -KILL "$kafka_pid" 2>/dev/null || true
        wait "$kafka_pid" 2>/dev/null || true
    fi
    [ -n "$kafka_folder" ] || return 0
    if [ "$status" -ne 0 ] && [ -s "$kafka_folder/kafka.log" ]; then
        mkdir -p .build
        cp "$kafka_folder/kafka.log" .build/kafka.log
        echo "the broker's log: .build/kafka.log" >&2
    fi
    rm -rf "$kafka_folder"
}
