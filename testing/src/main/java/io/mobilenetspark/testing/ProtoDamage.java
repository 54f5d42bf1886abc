package io.mobilenetspark.testing;

import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Message;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/** Changes messages that stay well-formed: what a parser can't notice. */
public final class ProtoDamage {

  private static final int MAX_DEPTH = 40;
  private static final long[] NUMBERS = {
    0,
    1,
    -1,
    2,
    127,
    255,
    4096,
    Integer.MAX_VALUE,
    Integer.MIN_VALUE,
    Long.MAX_VALUE,
    Long.MIN_VALUE,
    1L << 40
  };

  private ProtoDamage() {}

  /** The message with one random field somewhere in it changed. */
  public static Message alter(Message message, Random random) {
    return alter(message, random, 0);
  }

  private static Message alter(Message message, Random random, int depth) {
    List<FieldDescriptor> fields = new ArrayList<>(message.getAllFields().keySet());
    if (fields.isEmpty() || random.nextInt(40) == 0) {
      fields = message.getDescriptorForType().getFields(); // maybe one that is not set
    }
    if (fields.isEmpty()) {
      return message;
    }
    FieldDescriptor field = fields.get(random.nextInt(fields.size()));
    Message.Builder builder = message.toBuilder();
    if (field.isRepeated()) {
      alterRepeated(builder, field, random, depth);
    } else if (random.nextInt(12) == 0) {
      builder.clearField(field);
    } else if (field.getJavaType() == FieldDescriptor.JavaType.MESSAGE) {
      Message inner = (Message) builder.getField(field);
      builder.setField(field, depth > MAX_DEPTH ? inner : alter(inner, random, depth + 1));
    } else {
      builder.setField(field, value(field, builder.getField(field), random));
    }
    return builder.buildPartial();
  }

  private static void alterRepeated(
      Message.Builder builder, FieldDescriptor field, Random random, int depth) {
    int count = builder.getRepeatedFieldCount(field);
    if (count == 0) {
      if (field.getJavaType() != FieldDescriptor.JavaType.MESSAGE) {
        builder.addRepeatedField(field, value(field, null, random));
      }
      return;
    }
    int index = random.nextInt(count);
    Object element = builder.getRepeatedField(field, index);
    int choice = random.nextInt(16);
    if (choice == 0) {
      builder.addRepeatedField(field, element);
    } else if (choice == 1) {
      List<Object> kept = new ArrayList<>();
      for (int i = 0; i < count; i++) {
        if (i != index) {
          kept.add(builder.getRepeatedField(field, i));
        }
      }
      builder.setField(field, kept);
    } else if (choice == 2 && !field.isMapField()) {
      int other = random.nextInt(count);
      builder.setRepeatedField(field, index, builder.getRepeatedField(field, other));
      builder.setRepeatedField(field, other, element);
    } else if (element instanceof Message inner) {
      Message altered = depth > MAX_DEPTH ? inner : alter(inner, random, depth + 1);
      builder.setRepeatedField(field, index, altered);
    } else {
      builder.setRepeatedField(field, index, value(field, element, random));
    }
  }

  private static Object value(FieldDescriptor field, @Nullable Object old, Random random) {
    long number =
        random.nextBoolean() ? NUMBERS[random.nextInt(NUMBERS.length)] : random.nextInt(64);
    return switch (field.getJavaType()) {
      case INT -> (int) number;
      case LONG -> number;
      case FLOAT -> random.nextInt(4) == 0 ? Float.NaN : (float) number;
      case DOUBLE -> random.nextInt(4) == 0 ? Double.NaN : (double) number;
      case BOOLEAN -> !Boolean.TRUE.equals(old);
      case STRING -> text(old instanceof String string ? string : "x", random);
      case BYTE_STRING ->
          bytes(old instanceof ByteString string ? string : ByteString.EMPTY, random);
      case ENUM ->
          field
              .getEnumType()
              .getValues()
              .get(random.nextInt(field.getEnumType().getValues().size()));
      case MESSAGE -> throw new IllegalArgumentException("a message is altered, not replaced");
    };
  }

  private static String text(String old, Random random) {
    return switch (random.nextInt(5)) {
      case 0 -> "";
      case 1 -> old + "x";
      case 2 -> "^" + old;
      case 3 -> old + ":" + random.nextInt(3);
      default -> old.isEmpty() ? "x" : old.substring(0, random.nextInt(old.length()));
    };
  }

  private static ByteString bytes(ByteString old, Random random) {
    if (old.isEmpty() || random.nextInt(4) == 0) {
      byte[] some = new byte[random.nextInt(20)];
      random.nextBytes(some);
      return ByteString.copyFrom(some);
    }
    return old.substring(0, random.nextInt(old.size()));
  }
}
